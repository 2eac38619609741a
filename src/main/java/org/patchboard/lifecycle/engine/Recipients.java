package org.patchboard.lifecycle.engine;

import java.util.Collection;
import java.util.List;
import org.patchboard.identity.Person;
import org.patchboard.notification.Recipient;

/** People as mail knows them. */
public final class Recipients {

    private Recipients() {}

    public static List<Recipient> of(Collection<Person> people) {
        return people.stream().map(Recipients::of).toList();
    }

    public static Recipient of(Person person) {
        return new Recipient(person.login(), person.name(), person.mail(), person.zone());
    }
}
