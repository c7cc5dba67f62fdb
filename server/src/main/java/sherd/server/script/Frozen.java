package sherd.server.script;

/**
 * What scripts must not change, since it outlives them. Each refuses for itself: the globals must extend Luaj's own
 * globals, other tables should not.
 */
sealed interface Frozen permits FrozenTable, Environment {
    String REFUSAL = "Attempt to modify a readonly table";

    static ScriptError refusal() {
        return new ScriptError(REFUSAL);
    }
}
