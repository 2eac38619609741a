package org.patchboard.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.patchboard.audit.EvidenceSource;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** The proof that the duties on a change were separated, as it stands when the change is sealed. */
@Component
class DutyEvidence implements EvidenceSource {

    private final Duties duties;
    private final ObjectMapper json;

    DutyEvidence(Duties duties, ObjectMapper json) {
        this.duties = duties;
        this.json = json;
    }

    @Override
    public Stream<Item> of(ChangeId change) {
        try {
            return Stream.of(new Item(
                    "duties.json", json.writeValueAsString(duties.proof(change)).getBytes(StandardCharsets.UTF_8)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the proof of duties cannot be written", e);
        }
    }
}
