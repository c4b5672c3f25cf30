# Everything that synthesis, the companion tool and Terraform need, and no credentials:
#   docker build -t hubspoke .
#   docker run --rm -v "$PWD:/work" hubspoke check environments/piksel
#   docker run --rm -v "$PWD:/work" -e ESTATE=environments/piksel --entrypoint hubspoke hubspoke

FROM golang:1.26.0-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -o /out/ . ./cmd/estate

FROM debian:bookworm-slim AS terraform
ARG TARGETARCH=amd64
ARG TERRAFORM_VERSION=1.11.4
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates curl unzip \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /tmp/terraform
# Only what its publisher's list of checksums has under this name is unpacked.
RUN set -eu; \
    from="https://releases.hashicorp.com/terraform/${TERRAFORM_VERSION}"; \
    archive="terraform_${TERRAFORM_VERSION}_linux_${TARGETARCH}.zip"; \
    curl -fsSLO "$from/$archive"; \
    curl -fsSL "$from/terraform_${TERRAFORM_VERSION}_SHA256SUMS" -o sums; \
    grep " $archive\$" sums > sum; \
    sha256sum -c sum; \
    mkdir /out; \
    unzip "$archive" terraform -d /out

FROM node:22-bookworm-slim
COPY --from=build /out/ /usr/local/bin/
COPY --from=build /src/environments/schema /usr/local/bin/schema
COPY --from=terraform /out/terraform /usr/local/bin/terraform
ENV CHECKPOINT_DISABLE=1
USER node
WORKDIR /work
ENTRYPOINT ["estate"]
