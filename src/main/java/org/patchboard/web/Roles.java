package org.patchboard.web;

import java.security.Principal;
import java.util.List;
import java.util.Set;
import org.patchboard.identity.People;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Refusal;
import org.springframework.stereotype.Component;

/** Who may do what on the pages and through the API; memberships are read at the moment of the call. */
@Component
public class Roles {

    private final People people;

    Roles(People people) {
        this.people = people;
    }

    /**
     * The person, as the actor of what follows.
     *
     * @param sentence who may, for those who may not
     * @throws Refusal when the person is in none of the groups now
     */
    public Actor require(Principal principal, Set<String> groups, String sentence) {
        if (!holdsOneOf(principal, groups)) {
            throw Refusal.forbidden(sentence);
        }
        return Actor.person(principal.getName());
    }

    public boolean holdsOneOf(Principal principal, Set<String> groups) {
        return people.teamsOf(principal.getName()).orElse(List.of()).stream().anyMatch(groups::contains);
    }
}
