from celery import shared_task

from dossier import building, importing, link_checking, reading_log


@shared_task
def build_export(export_id: int) -> None:
    building.build(export_id)


@shared_task
def resume_exports() -> None:
    for export_id in building.take_back_abandoned():
        build_export.delay(export_id)


@shared_task
def read_word_import(import_id: int) -> None:
    importing.read_import(import_id)


@shared_task
def tend_word_imports() -> None:
    importing.forget_outlived()
    for import_id in importing.take_back_abandoned():
        read_word_import.delay(import_id)


@shared_task
def check_links(candidacy_id: int) -> None:
    link_checking.check_waiting(candidacy_id)


@shared_task
def resume_link_checks() -> None:
    for candidacy_id in link_checking.waiting_without_worker():
        check_links.delay(candidacy_id)


@shared_task
def forget_outlived_openings() -> None:
    reading_log.forget_outlived_openings()
