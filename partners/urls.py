from django.urls import path

from partners.views import contacts, deliberations, organisations, sittings

app_name = "partners"

ORGANISATION = "c/<slug:slug>/partenaires/<uuid:public_id>"
CONTACT = f"{ORGANISATION}/contacts/<uuid:contact_id>"
DELIBERATION = f"{ORGANISATION}/deliberations/<uuid:deliberation_id>"
SITTING = f"{ORGANISATION}/seances/<uuid:sitting_id>"

urlpatterns = [
    path("c/<slug:slug>/partenaires/", organisations.organisation_list, name="organisation-list"),
    path(
        "c/<slug:slug>/partenaires/nouvelle/", organisations.organisation_create, name="organisation-create"
    ),
    path("c/<slug:slug>/partenaires/export/", organisations.organisation_export, name="organisation-export"),
    path(f"{ORGANISATION}/", organisations.organisation_detail, name="organisation-detail"),
    path(f"{ORGANISATION}/modifier/", organisations.organisation_edit, name="organisation-edit"),
    path(f"{ORGANISATION}/historique/", organisations.organisation_history, name="organisation-history"),
    path(f"{ORGANISATION}/etape/", organisations.organisation_stage, name="organisation-stage"),
    path(f"{ORGANISATION}/supprimer/", organisations.organisation_remove, name="organisation-remove"),
    path(f"{ORGANISATION}/contacts/nouveau/", contacts.contact_create, name="contact-create"),
    path(f"{CONTACT}/", contacts.contact_edit, name="contact-edit"),
    path(f"{CONTACT}/inviter/", contacts.contact_invite, name="contact-invite"),
    path(f"{CONTACT}/supprimer/", contacts.contact_remove, name="contact-remove"),
    path("c/<slug:slug>/deliberations/", deliberations.deliberation_list, name="deliberation-list"),
    path(
        f"{ORGANISATION}/deliberations/nouvelle/",
        deliberations.deliberation_create,
        name="deliberation-create",
    ),
    path(f"{DELIBERATION}/", deliberations.deliberation_detail, name="deliberation-detail"),
    path(f"{DELIBERATION}/modifier/", deliberations.deliberation_edit, name="deliberation-edit"),
    path(f"{DELIBERATION}/acte/", deliberations.deliberation_act, name="deliberation-act"),
    path(f"{DELIBERATION}/supprimer/", deliberations.deliberation_remove, name="deliberation-remove"),
    path(f"{ORGANISATION}/seances/nouvelle/", sittings.sitting_create, name="sitting-create"),
    path(f"{SITTING}/", sittings.sitting_edit, name="sitting-edit"),
    path(f"{SITTING}/supprimer/", sittings.sitting_remove, name="sitting-remove"),
]
