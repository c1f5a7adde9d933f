"""Raw WeasyPrint, in a process of its own: reads a job as JSON, prints what the rendering took.

It loads and warms up first, so that only the rendering is timed, in a memory that holds nothing else, with the garbage
collector as Python leaves it.
"""

import json
import resource
import sys
import time
from pathlib import Path

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from core.pdf import STATIC_URL


def main() -> None:
    job = json.loads(sys.stdin.read())

    class Files(URLFetcher):
        def fetch(self, url, headers=None):
            path = job["files"].get(url)
            if path is None and url.startswith(STATIC_URL):
                path = next(
                    str(found)
                    for root in job["roots"]
                    if (found := Path(root, url[len(STATIC_URL) :])).exists()
                )
            if path is None:
                raise ValueError(url)
            return URLFetcherResponse(url, Path(path).read_bytes())

    def write(html):
        fonts = FontConfiguration()
        fetcher = Files()
        style = CSS(string=job["style"], url_fetcher=fetcher, font_config=fonts)
        document = HTML(string=html, base_url=STATIC_URL, url_fetcher=fetcher).render(
            stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1"
        )
        document.write_pdf(pdf_variant="pdf/ua-1")
        return len(document.pages)

    write("<html lang='fr'><title>t</title><h1>Échauffement</h1><p><em>a</em> <strong>b</strong></p>")
    start, used = time.perf_counter(), time.process_time()
    pages = write(job["html"])
    taken, cpu = time.perf_counter() - start, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(json.dumps({"seconds": taken, "cpu_seconds": cpu, "peak_bytes": peak, "pages": pages}))


if __name__ == "__main__":
    main()
