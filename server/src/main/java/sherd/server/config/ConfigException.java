package sherd.server.config;

import java.util.List;

/** The configuration cannot be used. Lists everything that is wrong with it; the command line ends with status 2. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    ConfigException(List<String> problems) {
        super(message(problems));
        this.problems = List.copyOf(problems);
    }

    /** One line each: what is wrong, with which value, what to do. */
    public List<String> problems() {
        return problems;
    }

    private static String message(List<String> problems) {
        var count = problems.size() == 1 ? "1 problem" : problems.size() + " problems";
        return "the configuration has " + count + ":\n  " + String.join("\n  ", problems);
    }
}
