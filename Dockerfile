# Gatewright in a container: built from source, run without root.
#
#   docker build -t gatewright .
#   docker run --network host -v gatewright:/var/lib/gatewright gatewright
#
# Without authentication the server listens on loopback addresses only, so it shares the host's
# network. Put your own workflows in place with -v ./config:/etc/gatewright:ro

FROM debian:12-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends \
      g++ cmake ninja-build pkg-config ca-certificates nodejs npm \
      libpistache-dev libsoci-dev libsqlite3-dev libyaml-cpp-dev libre2-dev \
      libboost1.81-dev libboost-json1.81-dev libfmt-dev libspdlog-dev libcli11-dev \
      libssl-dev libsodium-dev libcurl4-openssl-dev libwslay-dev libseccomp-dev prometheus-cpp-dev libhowardhinnant-date-dev tzdata \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN npm ci --prefix server/api/docs-ui --no-audit --no-fund --ignore-scripts \
    && npm ci --prefix web --no-audit --no-fund --ignore-scripts \
    && cmake --preset release -DGATEWRIGHT_TESTS=OFF \
    && ninja -C build/release gatewright builtin_plugins \
    && cmake --install build/release --prefix /opt/gatewright --component server --strip

FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends \
      libpistache0 libsoci-core4.0 libsoci-sqlite3-4.0 libsqlite3-0 libyaml-cpp0.7 libre2-9 \
      libboost-json1.81.0 libfmt9 libspdlog1.10 libssl3 libsodium23 libprometheus-cpp-core1.0 \
      libcurl4 libwslay1 libseccomp2 ca-certificates libdate-tz3 tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --home-dir /var/lib/gatewright --create-home gatewright
COPY --from=build /opt/gatewright /usr/local
USER gatewright
WORKDIR /var/lib/gatewright
VOLUME /var/lib/gatewright
EXPOSE 8003
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s CMD ["gatewright", "health"]
CMD ["gatewright", "serve", "--log-format", "json"]
