from celery import shared_task

from dossier import building


@shared_task
def build_export(export_id: int) -> None:
    building.build(export_id)


@shared_task
def resume_exports() -> None:
    for export_id in building.take_back_abandoned():
        build_export.delay(export_id)
