package org.patchboard;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Starts Patchboard. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class Patchboard {

    public static void main(String[] arguments) {
        SpringApplication.run(Patchboard.class, arguments);
    }
}
