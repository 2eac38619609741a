package org.patchboard.web.api;

import org.patchboard.schedule.Windows;
import org.patchboard.web.Roles;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Maintenance windows. */
@RestController
@RequestMapping("/api/v1/windows")
class WindowsApi extends CalendarEntriesApi {

    WindowsApi(Windows windows, Roles roles) {
        super(windows, roles);
    }
}
