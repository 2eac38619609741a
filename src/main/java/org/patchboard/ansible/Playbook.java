package org.patchboard.ansible;

/** The playbooks of ours, by what they do. */
public enum Playbook {
    ROLL_OUT("roll-out.yml"),
    LOOK_UP("look-up.yml"),
    GATHER("gather.yml");

    private final String file;

    Playbook(String file) {
        this.file = file;
    }

    String file() {
        return file;
    }
}
