package sherd.engine.sim;

/** The machine is gone. An error, so that nobody handles it by mistake. */
public final class SimulatedCrash extends Error {
    private static final long serialVersionUID = 1L;

    SimulatedCrash(long step) {
        super("simulated crash: step=" + step);
    }
}
