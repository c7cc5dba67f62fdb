package sherd.server.config;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong, so that all of it can be mended in one go. */
final class Problems {
    private final List<String> found = new ArrayList<>();

    void add(String problem) {
        found.add(problem);
    }

    void throwIfAny() {
        if (!found.isEmpty()) {
            throw new ConfigException(found);
        }
    }
}
