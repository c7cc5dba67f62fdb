package sherd.server.script;

/** What scripts must not change, since it outlives them. */
sealed interface Frozen permits FrozenTable, Environment {
    String REFUSAL = "Attempt to modify a readonly table";

    static ScriptError refusal() {
        return new ScriptError(REFUSAL);
    }
}
