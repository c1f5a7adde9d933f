from django.urls import path

from partners.views import contacts, organisations

app_name = "partners"

ORGANISATION = "c/<slug:slug>/partenaires/<uuid:public_id>"
CONTACT = f"{ORGANISATION}/contacts/<uuid:contact_id>"

urlpatterns = [
    path("c/<slug:slug>/partenaires/", organisations.organisation_list, name="organisation-list"),
    path(
        "c/<slug:slug>/partenaires/nouvelle/", organisations.organisation_create, name="organisation-create"
    ),
    path("c/<slug:slug>/partenaires/export/", organisations.organisation_export, name="organisation-export"),
    path(f"{ORGANISATION}/", organisations.organisation_detail, name="organisation-detail"),
    path(f"{ORGANISATION}/modifier/", organisations.organisation_edit, name="organisation-edit"),
    path(f"{ORGANISATION}/etape/", organisations.organisation_stage, name="organisation-stage"),
    path(f"{ORGANISATION}/supprimer/", organisations.organisation_remove, name="organisation-remove"),
    path(f"{ORGANISATION}/contacts/nouveau/", contacts.contact_create, name="contact-create"),
    path(f"{CONTACT}/", contacts.contact_edit, name="contact-edit"),
    path(f"{CONTACT}/inviter/", contacts.contact_invite, name="contact-invite"),
    path(f"{CONTACT}/supprimer/", contacts.contact_remove, name="contact-remove"),
]
