# Two steps: build with Maven, run as somebody who owns nothing but the data folder.
FROM maven:3.9-eclipse-temurin-21 AS build
WORKDIR /build
COPY . .
RUN mvn -B -ntp -DskipTests package

FROM eclipse-temurin:21-jre
RUN apt-get update && apt-get install -y --no-install-recommends ansible-core openssh-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/patchboard --create-home patchboard
COPY --from=build /build/target/patchboard.jar /opt/patchboard/patchboard.jar
USER patchboard
WORKDIR /var/lib/patchboard
ENV PATCHBOARD_DATA=/var/lib/patchboard/data SERVER_ADDRESS=0.0.0.0
EXPOSE 8080
ENTRYPOINT ["java", "-Duser.timezone=UTC", "-XX:+ExitOnOutOfMemoryError", "-jar", "/opt/patchboard/patchboard.jar"]
