package sherd.engine.observe;

/** The one listener of the store. Called from any thread; must return soon and must not throw. */
@FunctionalInterface
public interface Events {
    /** Hears everything and says nothing. */
    Events SILENT = event -> {};

    void on(Event event);
}
