package org.patchboard.web;

import org.patchboard.shared.Refusal;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** A controller that answers with pages: {@link EveryPage} gives each of them what all of them show. */
interface Page {

    /** Where a sentence for the reader stands in the model; {@link #NOTE_BAD} says whether it is a refusal. */
    String NOTE = "note";

    String NOTE_BAD = "noteBad";

    /**
     * Does what a form asked for and shows the page again, with what came of it. What the person may not do at all or
     * does not exist is a page of its own; what can be put right is said above the form.
     */
    static String attempt(RedirectAttributes flash, String page, String done, Runnable deed) {
        try {
            deed.run();
            flash.addFlashAttribute(NOTE, done);
            flash.addFlashAttribute(NOTE_BAD, false);
        } catch (Refusal refusal) {
            if (refusal.kind() == Refusal.Kind.FORBIDDEN || refusal.kind() == Refusal.Kind.UNKNOWN) {
                throw refusal;
            }
            flash.addFlashAttribute(NOTE, refusal.getMessage());
            flash.addFlashAttribute(NOTE_BAD, true);
        }
        return "redirect:" + page;
    }
}
