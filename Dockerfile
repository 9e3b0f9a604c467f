# syntax=docker/dockerfile:1
#
# The daemon, with the PostgreSQL programs that it evaluates expectations, backs up and restores with.
#
#     docker build --tag schemawarden --build-arg POSTGRES=15 .
#     docker run --init --read-only --tmpfs /tmp --publish 127.0.0.1:9847:9847 \
#         --volume ./schemawarden.toml:/etc/schemawarden/schemawarden.toml:ro \
#         --volume ./expected.sql:/etc/schemawarden/expected.sql:ro \
#         --volume schemawarden:/var/lib/schemawarden \
#         --volume schemawarden-backups:/var/backups/schemawarden \
#         --env DATABASE_URL --env COMMUNITY_FIX_URL schemawarden
#
# POSTGRES is the major of the servers that are mended: pg_dump refuses a newer one, and what comes with 17 and later
# cannot restore into an older one. Others than 15 come from apt.postgresql.org.
#
# --env without a value hands over what the shell has exported, so that no secret stands in the command: the configuration
# names them as ${DATABASE_URL}, and so the tokens of [target.degrade] and the keys of [target.backup]. Operators' tokens
# are no secrets of the daemon's: the configuration holds their hashes. To make one:
#     docker run --rm schemawarden token new --name alice --scope apply
#
# In that configuration, say what differs in a container:
#     [server]
#     listen = "0.0.0.0:9847"          # the container's own address; what is published is decided by --publish,
#     insecure = true                  # and here to this host only. Publish it further with tls_cert and tls_key
#     [state]
#     path = "/var/lib/schemawarden/schemawarden.db"
#     [target.backup]
#     folder = "/var/backups/schemawarden"
# A folder of the host in place of a volume must belong to 10001. Which disk the backups are on is yours to decide: one
# that outlives the host is better, or an object store (url = "s3://…"). With tls_cert add --no-healthcheck: the check below
# speaks plain HTTP. An example is in /usr/share/schemawarden/config. --init, so that somebody collects the scratch server's processes.

FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
# The caches are not part of the image, so the program is moved out of them.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin schemawarden \
    && install -D --strip target/release/schemawarden /out/schemawarden

FROM debian:bookworm-slim
ARG POSTGRES=15
# No cluster of its own: the scratch server is made and removed by the daemon.
RUN mkdir -p /etc/postgresql-common/createcluster.d \
    && echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.d/schemawarden.conf \
    && export DEBIAN_FRONTEND=noninteractive \
    && apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates postgresql-common \
    && if [ "$POSTGRES" != 15 ]; then /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y; fi \
    && apt-get install --yes --no-install-recommends "postgresql-$POSTGRES" "postgresql-client-$POSTGRES" \
    && rm -rf /var/lib/apt/lists/*
# PostgreSQL refuses to run as root. A number, so that `runAsNonRoot` can be checked.
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/schemawarden --shell /usr/sbin/nologin \
        schemawarden \
    && install -d -o schemawarden -g schemawarden -m 0700 /var/lib/schemawarden /var/backups/schemawarden \
    && install -d /etc/schemawarden
COPY --from=build /out/schemawarden /usr/local/bin/schemawarden
COPY config /usr/share/schemawarden/config
COPY dashboards /usr/share/schemawarden/dashboards
COPY sql /usr/share/schemawarden/sql
COPY LICENSE /usr/share/doc/schemawarden/LICENSE

USER 10001:10001
VOLUME ["/var/lib/schemawarden", "/var/backups/schemawarden"]
EXPOSE 9847
# bash speaks just enough HTTP for this, and saves a client in the image.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/9847 && printf 'GET /-/healthy HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["schemawarden"]
CMD ["serve", "--config", "/etc/schemawarden/schemawarden.toml"]
