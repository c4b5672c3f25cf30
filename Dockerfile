# Everything that synthesis, the companion tool and Terraform need, and no credentials. Git is not in it, which
# `estate review --base` asks: compare two folders instead.
#   docker build -t hubspoke .
#   docker run --rm -v "$PWD:/work" hubspoke check environments/piksel
#   docker run --rm -v "$PWD:/work" -e ESTATE=environments/piksel --entrypoint hubspoke hubspoke

FROM golang:1.26.5-alpine@sha256:0178a641fbb4858c5f1b48e34bdaabe0350a330a1b1149aabd498d0699ff5fb2 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -o /out/ . ./cmd/estate

FROM node:24.19.0-alpine@sha256:d32cdf619f63fe0471182d08996dd516c6275bb5fd31ae06e55a570bd9e1ad43 AS terraform
ARG TARGETARCH=amd64
ARG TERRAFORM_VERSION=1.11.4
WORKDIR /tmp/terraform
# Only what its publisher's list of checksums has under this name is unpacked.
RUN set -eu; \
    from="https://releases.hashicorp.com/terraform/${TERRAFORM_VERSION}"; \
    archive="terraform_${TERRAFORM_VERSION}_linux_${TARGETARCH}.zip"; \
    wget -q "$from/$archive"; \
    wget -q "$from/terraform_${TERRAFORM_VERSION}_SHA256SUMS" -O sums; \
    grep " $archive\$" sums > sum; \
    sha256sum -c sum; \
    mkdir /out; \
    unzip "$archive" terraform -d /out

FROM node:24.19.0-alpine@sha256:d32cdf619f63fe0471182d08996dd516c6275bb5fd31ae06e55a570bd9e1ad43
COPY --chown=0:0 --from=build /out/ /usr/local/bin/
COPY --chown=0:0 --from=build /src/environments/schema /usr/local/bin/schema
COPY --chown=0:0 --from=terraform /out/terraform /usr/local/bin/terraform
ENV CHECKPOINT_DISABLE=1
USER 1000:1000
WORKDIR /work
ENTRYPOINT ["estate"]
