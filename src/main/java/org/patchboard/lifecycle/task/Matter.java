package org.patchboard.lifecycle.task;

import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;

/** What a task is about: a change, or a proposal to change a policy. */
interface Matter {

    Question question();

    /** Its number: duties are held on it and memberships counted for it. */
    String subject();

    /** The change that messages belong to; null when it is about none. */
    @Nullable
    ChangeId change();

    /** Under which name forms and mail know it: {@code change}, {@code policy}. */
    String word();

    /** {@code id}, {@code title}, {@code url} and more, for forms and mail. */
    Map<String, Object> described();

    /** Mail that says whose turn it is, by template. */
    String assigned();

    /** Mail that says that it still is, by template. */
    String reminder();

    Map<String, Object> summary(DelegateTask task);

    Map<String, Object> prefilled(DelegateTask task);

    void done(Actor actor, Answers answers, DelegateTask task);
}
