package sherd.engine.planted.cycle.memory;

import sherd.engine.planted.cycle.disk.Hen;

public record Egg(Hen hen) {}
