package org.patchboard.demo;

import java.util.List;

/** Somebody of the demonstration; five of them sit on the change advisory board. */
record Cast(String login, String name, List<String> teams) {

    static final String ADMINISTRATOR = "root";

    static final List<Cast> ALL = List.of(
            new Cast(ADMINISTRATOR, "Robin Root", List.of("camunda-admin")),
            new Cast("ana", "Ana Lind", List.of("vulnerability-analyst")),
            new Cast("carl", "Carl Brandt", List.of("patch-coordinator")),
            new Cast("olga", "Olga Petrova", List.of("asset-owner")),
            new Cast("tess", "Tess Okafor", List.of("tester")),
            new Cast("sami", "Sami Rahman", List.of("security-representative", "cab")),
            new Cast("maya", "Maya Keller", List.of("change-manager", "cab")),
            new Cast("cab1", "Clara Bianchi", List.of("cab")),
            new Cast("cab2", "Chen Bo", List.of("cab")),
            new Cast("cab3", "Cyrus Bell", List.of("cab")),
            new Cast("ecab1", "Elena Costa", List.of("ecab")),
            new Cast("ecab2", "Emil Carlsen", List.of("ecab")),
            new Cast("ecab3", "Eve Cohen", List.of("ecab")),
            new Cast("ivo", "Ivo Marek", List.of("implementer")),
            new Cast("ona", "Ona Vidal", List.of("on-call")),
            new Cast("rita", "Rita Sousa", List.of("risk-owner")),
            new Cast("vera", "Vera Holm", List.of("verifier")),
            new Cast("iris", "Iris Novak", List.of("incident-response")),
            new Cast("paul", "Paul Ahmed", List.of("policy-author")),
            new Cast("petra", "Petra Wolf", List.of("policy-approver")),
            new Cast("aude", "Aude Martin", List.of("auditor")));

    String mail() {
        return login + "@demo.example";
    }
}
