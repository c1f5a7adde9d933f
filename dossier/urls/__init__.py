from dossier.urls import comments, content, founding, printing, sections

app_name = "dossier"

urlpatterns = [
    *founding.urlpatterns,
    *sections.urlpatterns,
    *comments.urlpatterns,
    *content.urlpatterns,
    *printing.urlpatterns,
]
