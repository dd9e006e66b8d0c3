# The service of Liên Thư, with the pinned versions of constraints.txt. See docs/containers.md.
FROM python:3.11-slim-bookworm AS built
WORKDIR /build
COPY pyproject.toml constraints.txt ./
# First what it is built upon, which a change of its own code leaves as it is. Without pip of its own: nothing is
# installed into the finished image any more.
RUN python -m venv --without-pip /opt/lienthu && \
    python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" \
        > needed.txt && \
    pip --python /opt/lienthu/bin/python install --no-cache-dir --constraint constraints.txt --requirement needed.txt
COPY README.md LICENSE ./
COPY engine engine
COPY connectors connectors
COPY index index
COPY demo demo
RUN pip --python /opt/lienthu/bin/python install --no-cache-dir --no-deps .

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="Liên Thư" \
      org.opencontainers.image.description="One search box over the catalogues of many libraries" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0"
# By number, so that a folder of the host can be given to it (chown 10001) and a cluster sees that it is not root.
# The embedded index stands in var/ of the folder that the service is started in: one that its user may write.
RUN groupadd --gid 10001 lienthu && \
    useradd --uid 10001 --gid 10001 --no-log-init --home-dir /var/lib/lienthu --shell /usr/sbin/nologin lienthu && \
    install -d -o 10001 -g 10001 /var/lib/lienthu
COPY --from=built /opt/lienthu /opt/lienthu
COPY config /etc/lienthu
ENV PATH=/opt/lienthu/bin:$PATH LIENTHU_CONFIG=/etc/lienthu/lienthu.toml
WORKDIR /var/lib/lienthu
VOLUME /var/lib/lienthu
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --start-period=20s --timeout=10s CMD ["python", "-c", \
    "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=5)"]
ENTRYPOINT ["lienthu"]
# Where it listens is the container's: a settings file that is mounted need not say it.
CMD ["serve", "--host", "0.0.0.0", "--port", "8080"]
