package sherd.server.script;

import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;

/** A table that scripts can read only. */
final class FrozenTable extends LuaTable implements Frozen {
    void put(String name, LuaValue value) {
        super.rawset(valueOf(name), value);
    }

    void put(NativeFunction function) {
        put(function.name(), function);
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
