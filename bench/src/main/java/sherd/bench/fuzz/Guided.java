package sherd.bench.fuzz;

/** A target as Jazzer wants it: the name is its only argument. */
public final class Guided {
    private static Target target = Targets.open("query");

    private Guided() {}

    public static void fuzzerInitialize(String[] args) {
        target = Targets.open(args[0]);
    }

    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        target.run(input);
    }
}
