package org.patchboard.risk;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.stereotype.Component;

/** The packs of {@code policies/} that this installation follows. */
@Component
public class PolicyPacks {

    private final List<PolicyPack> packs;

    PolicyPacks(ObjectMapper json, @Value("${patchboard.policies}") Set<String> followed) throws IOException {
        this.packs = Stream.of(new PathMatchingResourcePatternResolver().getResources("classpath*:policies/*.json"))
                .map(resource -> {
                    try (var content = resource.getInputStream()) {
                        return json.readValue(content, PolicyPack.class);
                    } catch (IOException e) {
                        throw new IllegalStateException("policy pack " + resource.getFilename() + " cannot be read", e);
                    }
                })
                .filter(pack -> followed.contains(pack.id()))
                .sorted(Comparator.comparing(PolicyPack::id))
                .toList();
        if (packs.size() != followed.size()) {
            throw new IllegalStateException("patchboard.policies names packs that do not exist: " + followed);
        }
    }

    public List<PolicyPack> validOn(LocalDate day) {
        return packs.stream().filter(pack -> pack.isValidOn(day)).toList();
    }
}
