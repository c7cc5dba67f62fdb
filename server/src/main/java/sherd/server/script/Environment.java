package sherd.server.script;

import org.luaj.vm2.Globals;
import org.luaj.vm2.LuaValue;

/** The global names of scripts: fixed, and a name that is not there is an error, since it is always a mistake. */
final class Environment extends Globals implements Frozen {
    void put(String name, LuaValue value) {
        super.rawset(valueOf(name), value);
    }

    @Override
    public LuaValue get(LuaValue key) {
        var value = rawget(key);
        if (value.isnil()) {
            throw new ScriptError("Script attempted to access nonexistent global variable '" + key.tojstring() + "'");
        }
        return value;
    }

    @Override
    public LuaValue get(int key) {
        return get(valueOf(key));
    }

    @Override
    public void set(int key, LuaValue value) {
        throw Frozen.refusal();
    }

    @Override
    public void set(LuaValue key, LuaValue value) {
        throw Frozen.refusal();
    }

    @Override
    public void rawset(int key, LuaValue value) {
        throw Frozen.refusal();
    }

    @Override
    public void rawset(LuaValue key, LuaValue value) {
        throw Frozen.refusal();
    }

    @Override
    public LuaValue setmetatable(LuaValue metatable) {
        throw Frozen.refusal();
    }
}
