package org.patchboard.web.api;

import org.patchboard.schedule.Freezes;
import org.patchboard.web.Roles;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Freezes. */
@RestController
@RequestMapping("/api/v1/freezes")
class FreezesApi extends CalendarEntriesApi {

    FreezesApi(Freezes freezes, Roles roles) {
        super(freezes, roles);
    }
}
