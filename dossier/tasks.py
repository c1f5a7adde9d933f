from celery import shared_task

from dossier import building, importing


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
