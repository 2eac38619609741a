package org.patchboard;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.jdbc.JdbcConnectionDetails;
import org.springframework.boot.context.event.ApplicationFailedEvent;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * A private, real PostgreSQL below the data folder, when nobody named a database of their own. Its library's defaults
 * (no fsync, trust, a world-writable work folder) suit tests only and are overridden one by one.
 */
@Configuration(proxyBeanMethods = false)
@Conditional(EmbeddedDatabase.NoDatabaseNamed.class)
class EmbeddedDatabase {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);
    private static final int MAJOR = 17;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    static class NoDatabaseNamed implements Condition {
        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return isWanted(context.getEnvironment());
        }
    }

    record Server(EmbeddedPostgres postgres, String password) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            postgres.close();
        }
    }

    /**
     * Starts the server while the house is still being read, which takes longer. One that was started for a house that
     * then fails is stopped with it.
     */
    static final class Ahead
            implements ApplicationContextInitializer<ConfigurableApplicationContext>,
                    ApplicationListener<ApplicationFailedEvent> {

        private @Nullable FutureTask<Server> starting;

        @Override
        public void initialize(ConfigurableApplicationContext context) {
            var environment = context.getEnvironment();
            if (isWanted(environment)) {
                var start = new FutureTask<>(() -> start(environment));
                starting = start;
                context.getBeanFactory().registerSingleton("embeddedPostgresAhead", this);
                new Thread(start, "embedded-postgres").start();
            }
        }

        /** From here on whoever asked for it stops it. */
        private Server handOver() throws IOException {
            try {
                return Objects.requireNonNull(starting).get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof IOException unreadable) {
                    throw unreadable;
                }
                throw e.getCause() instanceof RuntimeException fault
                        ? fault
                        : new IllegalStateException("the embedded PostgreSQL does not start", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while starting PostgreSQL", e);
            } finally {
                starting = null;
            }
        }

        @Override
        public void onApplicationEvent(ApplicationFailedEvent failed) {
            if (starting != null) {
                try {
                    handOver().close();
                } catch (IOException | IllegalStateException e) {
                    LOG.warn("the embedded PostgreSQL of a start that failed was not stopped", e);
                }
            }
        }
    }

    @Bean(destroyMethod = "close")
    Server embeddedPostgres(Environment environment, ObjectProvider<Ahead> ahead) throws IOException {
        var started = ahead.getIfAvailable();
        return started == null ? start(environment) : started.handOver();
    }

    private static boolean isWanted(Environment environment) {
        return !environment.containsProperty("spring.datasource.url");
    }

    private static Server start(Environment environment) throws IOException {
        var home = Path.of(environment.getProperty("patchboard.data", "data"), "postgres")
                .toAbsolutePath();
        var temporary = environment.getProperty("patchboard.embedded-database.temporary", Boolean.class, false);
        var cluster = home.resolve("cluster");
        var builder = EmbeddedPostgres.builder()
                .setPGStartupWait(PATIENCE)
                .setRegisterShutdownHook(false) // Spring stops it last; a hook of its own would race
                .setServerConfig("max_connections", "80")
                .setLocaleConfig("locale", "C.UTF-8");
        if (temporary) {
            return new Server(builder.start(), "postgres");
        }
        Files.createDirectories(
                home, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        refuseOtherMajor(cluster);
        stopOrphan(cluster);
        var passwordFile = home.resolve("superuser.pw");
        var password = passwordIn(passwordFile);
        var postgres = builder.setDataDirectory(cluster.toFile())
                .setCleanDataDirectory(false)
                .setOverrideWorkingDirectory(home.resolve("bin").toFile())
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("unix_socket_directories", "")
                .setLocaleConfig("pwfile", passwordFile.toString())
                .setConnectConfig("password", password)
                .setDataDirectoryCustomizer(EmbeddedDatabase::passwordsOnly)
                .start();
        LOG.info("embedded PostgreSQL {} ready on port {}, data in {}", MAJOR, postgres.getPort(), home);
        return new Server(postgres, password);
    }

    @Bean
    JdbcConnectionDetails jdbcConnectionDetails(Server server) {
        return new JdbcConnectionDetails() {
            @Override
            public String getUsername() {
                return "postgres";
            }

            @Override
            public String getPassword() {
                return server.password();
            }

            @Override
            public String getJdbcUrl() {
                return "jdbc:postgresql://localhost:" + server.postgres().getPort()
                        + "/postgres?ApplicationName=patchboard&tcpKeepAlive=true";
            }
        };
    }

    private static String passwordIn(Path file) throws IOException {
        if (Files.exists(file)) {
            return Files.readString(file).trim();
        }
        var bytes = new byte[24];
        new SecureRandom().nextBytes(bytes);
        var password = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, password);
        return password;
    }

    private static void passwordsOnly(File cluster) {
        try {
            Files.writeString(
                    cluster.toPath().resolve("pg_hba.conf"),
                    "host all all 127.0.0.1/32 scram-sha-256\nhost all all ::1/128 scram-sha-256\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void refuseOtherMajor(Path cluster) throws IOException {
        var version = cluster.resolve("PG_VERSION");
        if (Files.exists(version) && Integer.parseInt(Files.readString(version).trim()) != MAJOR) {
            throw new IllegalStateException(
                    "%s was written by PostgreSQL %s and this is %d: dump it with the old version and load it here"
                            .formatted(cluster, Files.readString(version).trim(), MAJOR));
        }
    }

    /** After a kill the server lives on without its Java process; a second instance must not touch a living one. */
    private static void stopOrphan(Path cluster) throws IOException {
        var pidFile = cluster.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        try (var file = new FileOutputStream(cluster.resolve("epg-lock").toFile(), true);
                var lock = file.getChannel().tryLock()) {
            if (lock == null) {
                throw new IllegalStateException("another running Patchboard uses " + cluster);
            }
            var pid = Long.parseLong(Files.readAllLines(pidFile).get(0).trim());
            var orphan = ProcessHandle.of(pid)
                    .filter(p -> p.info().command().orElse("").endsWith("postgres"));
            if (orphan.isPresent()) {
                LOG.warn("stopping the PostgreSQL {} that a killed Patchboard left behind", pid);
                new ProcessBuilder("kill", "-INT", Long.toString(pid)).start().waitFor();
                orphan.get().onExit().get(30, TimeUnit.SECONDS);
            }
        } catch (OverlappingFileLockException e) {
            throw new IllegalStateException("another Patchboard in this process uses " + cluster, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while stopping PostgreSQL", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the PostgreSQL in " + cluster + " does not stop; stop it by hand", e);
        }
    }
}
