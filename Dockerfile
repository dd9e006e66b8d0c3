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
RUN useradd --system --no-create-home lienthu
USER lienthu
EXPOSE 8080
ENTRYPOINT ["/opt/lienthu/bin/lienthu"]
CMD ["serve", "--config", "/etc/lienthu/lienthu.toml", "--host", "0.0.0.0"]
