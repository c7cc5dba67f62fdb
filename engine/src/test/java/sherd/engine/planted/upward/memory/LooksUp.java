package sherd.engine.planted.upward.memory;

import sherd.engine.planted.upward.table.Table;

record LooksUp(Table table) {}
