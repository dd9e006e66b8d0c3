# The service of Liên Thư, with the pinned versions of constraints.txt. See docs/operate.md.
FROM python:3.11-slim-bookworm AS built
WORKDIR /build
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY engine engine
COPY connectors connectors
COPY index index
COPY demo demo
RUN python -m venv /opt/lienthu && /opt/lienthu/bin/pip install --no-cache-dir --constraint constraints.txt .

FROM python:3.11-slim-bookworm
COPY --from=built /opt/lienthu /opt/lienthu
COPY config /etc/lienthu
# The embedded index stands in var/ of the folder that the service is started in: one that its user may write.
RUN useradd --system --no-create-home lienthu && install -d -o lienthu -g lienthu /var/lib/lienthu
WORKDIR /var/lib/lienthu
VOLUME /var/lib/lienthu
USER lienthu
EXPOSE 8080
HEALTHCHECK --start-period=20s CMD ["/opt/lienthu/bin/python", "-c", \
    "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=5)"]
ENTRYPOINT ["/opt/lienthu/bin/lienthu"]
CMD ["serve", "--config", "/etc/lienthu/lienthu.toml", "--host", "0.0.0.0"]
