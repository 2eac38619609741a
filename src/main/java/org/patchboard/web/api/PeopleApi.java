package org.patchboard.web.api;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.security.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.patchboard.identity.Directory;
import org.patchboard.identity.People;
import org.patchboard.identity.Team;
import org.patchboard.identity.Tokens;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.Slice;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** People, their memberships, substitutes and tokens. */
@RestController
@RequestMapping("/api/v1/people")
class PeopleApi {

    /** @param password first password, to be changed at the first sign-in; null when they sign in another way */
    record NewPerson(
            @NotBlank String login,
            @NotBlank String name,
            @NotBlank String mail,
            @Nullable String zone,
            @Nullable String password) {}

    /** @param from null for now, {@code to} null for open */
    record Dates(@Nullable Instant from, @Nullable Instant to) {}

    record NewSubstitution(
            @NotBlank String substitute,
            @NotNull Instant from,
            @NotNull Instant to) {}

    record Enabled(@NotNull Boolean enabled) {}

    record NewToken(@NotBlank String name, @NotNull Instant expires) {}

    /** @param token shown once */
    record MadeToken(String token) {}

    private final Directory directory;
    private final People people;
    private final Tokens tokens;

    PeopleApi(Directory directory, People people, Tokens tokens) {
        this.directory = directory;
        this.people = people;
        this.tokens = tokens;
    }

    @GetMapping
    Slice<Directory.Entry> list(
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size,
            Principal principal) {
        requireAdministratorOrAuditor(principal);
        Slice.checkBounds(page, size);
        var all = directory.entries();
        return new Slice<>(all.stream().skip((long) page * size).limit(size).toList(), page, size, all.size());
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    Map<String, String> add(@RequestBody @Valid NewPerson person, Principal principal) {
        requireAdministrator(principal);
        directory.add(
                person.login(),
                person.name(),
                person.mail(),
                person.zone() == null ? "UTC" : person.zone(),
                person.password(),
                true,
                Actor.person(principal.getName()));
        return Map.of("login", person.login());
    }

    /** Lets the person in again, or keeps them out from the next request on. Nobody is ever deleted. */
    @PutMapping("/{login}/enabled")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void enable(@PathVariable String login, @RequestBody @Valid Enabled wanted, Principal principal) {
        requireAdministrator(principal);
        directory.enable(login, wanted.enabled(), Actor.person(principal.getName()));
    }

    @PutMapping("/{login}/memberships/{group}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void grant(
            @PathVariable String login,
            @PathVariable String group,
            @RequestBody(required = false) @Nullable Dates dates,
            Principal principal) {
        requireAdministrator(principal);
        directory.grant(
                login,
                group,
                dates == null ? null : dates.from(),
                dates == null ? null : dates.to(),
                Actor.person(principal.getName()));
    }

    @DeleteMapping("/{login}/memberships/{group}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void revoke(@PathVariable String login, @PathVariable String group, Principal principal) {
        requireAdministrator(principal);
        directory.revoke(login, group, Actor.person(principal.getName()));
    }

    /** Recorded by the absent person themselves, or by an administrator for them. */
    @PostMapping("/{login}/substitutions")
    @ResponseStatus(HttpStatus.CREATED)
    void substitute(@PathVariable String login, @RequestBody @Valid NewSubstitution wanted, Principal principal) {
        if (!principal.getName().equals(login)) {
            requireAdministrator(principal);
        }
        directory.substitute(login, wanted.substitute(), wanted.from(), wanted.to(), Actor.person(principal.getName()));
    }

    @PostMapping("/me/tokens")
    @ResponseStatus(HttpStatus.CREATED)
    MadeToken makeToken(@RequestBody @Valid NewToken wanted, Principal principal) {
        return new MadeToken(tokens.make(principal.getName(), wanted.name(), wanted.expires()));
    }

    @GetMapping("/me/tokens")
    List<Tokens.Token> tokens(Principal principal) {
        return tokens.of(principal.getName());
    }

    @DeleteMapping("/me/tokens/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void revokeToken(@PathVariable long id, Principal principal) {
        tokens.revoke(principal.getName(), id);
    }

    private void requireAdministrator(Principal principal) {
        if (!people.isMember(principal.getName(), Team.ADMINISTRATORS)) {
            throw Refusal.forbidden("Only an administrator keeps people and memberships.");
        }
    }

    private void requireAdministratorOrAuditor(Principal principal) {
        if (!people.isMember(principal.getName(), Team.AUDITORS)) {
            requireAdministrator(principal);
        }
    }
}
