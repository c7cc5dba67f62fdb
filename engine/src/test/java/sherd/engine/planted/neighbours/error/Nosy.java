package sherd.engine.planted.neighbours.error;

import sherd.engine.planted.neighbours.time.Neighbour;

record Nosy(Neighbour neighbour) {}
