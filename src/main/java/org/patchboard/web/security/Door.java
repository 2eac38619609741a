package org.patchboard.web.security;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.CompletableFuture;
import org.patchboard.identity.SignIns;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.stereotype.Component;

/** Checks name and password, for the sign-in page and for Basic alike. Groups are read later, on every request. */
@Component
class Door implements AuthenticationProvider, SmartInitializingSingleton {

    private static final Logger LOG = LoggerFactory.getLogger(Door.class);
    private static final DateTimeFormatter UNTIL = DateTimeFormatter.ofPattern("HH:mm 'UTC'");

    private final JdbcClient jdbc;
    private final PasswordEncoder passwords;
    private final SignIns signIns;
    /** Compared when there is no such person, so that the answer takes as long as for a real one. */
    private final CompletableFuture<String> nobodysHash;

    Door(JdbcClient jdbc, PasswordEncoder passwords, SignIns signIns) {
        this.jdbc = jdbc;
        this.passwords = passwords;
        this.signIns = signIns;
        // Slow by design: the rest of the house goes on starting meanwhile.
        this.nobodysHash = CompletableFuture.supplyAsync(() -> passwords.encode("nobody's password"));
    }

    /** Nobody can sign in before it is there, and a house that cannot hash does not start. */
    @Override
    public void afterSingletonsInstantiated() {
        nobodysHash.join();
    }

    @Override
    public Authentication authenticate(Authentication attempt) {
        var login = attempt.getName();
        var password = String.valueOf(attempt.getCredentials());
        var address = attempt.getDetails() instanceof WebAuthenticationDetails details
                ? details.getRemoteAddress()
                : "unknown";
        var locked = signIns.attempt(login, address);
        if (locked.isPresent()) {
            LOG.warn("sign-in of {} from {} not looked at: too many attempts", printable(login), address);
            throw new LockedException(UNTIL.format(locked.get().atOffset(ZoneOffset.UTC)));
        }
        var hash = jdbc.sql(
                        "select password_hash from person where login = ? and enabled and password_hash is not null")
                .param(login)
                .query(String.class)
                .optional();
        var right = passwords.matches(password, hash.orElseGet(nobodysHash::join)) && hash.isPresent();
        if (!right) {
            LOG.info("sign-in of {} from {} failed", printable(login), address);
            throw new BadCredentialsException("name or password is not right");
        }
        signIns.succeeded(login, address);
        return UsernamePasswordAuthenticationToken.authenticated(login, null, AuthorityUtils.NO_AUTHORITIES);
    }

    @Override
    public boolean supports(Class<?> kind) {
        return UsernamePasswordAuthenticationToken.class.isAssignableFrom(kind);
    }

    /** A login from outside may be anything; a log line is one line. */
    private static String printable(String login) {
        var plain = login.replaceAll("[^A-Za-z0-9._@-]", "?");
        return plain.length() > 64 ? plain.substring(0, 64) : plain;
    }
}
