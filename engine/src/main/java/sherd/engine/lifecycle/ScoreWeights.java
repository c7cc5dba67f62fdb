package sherd.engine.lifecycle;

/** What makes a queued row group go before others; the parts add up to 1. */
public record ScoreWeights(double memory, double age, double access) {
    public static final ScoreWeights DEFAULT = new ScoreWeights(0.45, 0.30, 0.25);

    public ScoreWeights {
        if (memory < 0 || age < 0 || access < 0 || Math.abs(memory + age + access - 1) > 1e-9) {
            throw new IllegalArgumentException(
                    "weights must add up to 1: memory=" + memory + " age=" + age + " access=" + access);
        }
    }
}
