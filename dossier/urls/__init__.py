from dossier.urls import comments, content, founding, printing, reading, sections

app_name = "dossier"

urlpatterns = [
    *founding.urlpatterns,
    *sections.urlpatterns,
    *comments.urlpatterns,
    *content.urlpatterns,
    *printing.urlpatterns,
    *reading.urlpatterns,
]
