package org.patchboard;

import java.util.Arrays;
import java.util.TimeZone;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Starts Patchboard. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class Patchboard {

    public static void main(String[] arguments) {
        if (arguments.length > 0 && arguments[0].equals("verify")) {
            System.exit(VerifyCommand.run(Arrays.copyOfRange(arguments, 1, arguments.length)));
        }
        // Timer columns have no zone (measured: a node elsewhere opens windows hours early), so every node thinks in
        // UTC.
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        var house = new SpringApplication(Patchboard.class);
        var ahead = new EmbeddedDatabase.Ahead();
        house.addInitializers(ahead);
        house.addListeners(ahead);
        house.run(arguments);
    }
}
