// tests/explain/random_scene.h: workflows with everything in them, runs that anything may happen
// to, and viewers nobody thought of. Repeatable.
#pragma once

#include "tests/core/property/random.h"
#include "tests/explain/scene.h"

namespace gatewright::core::test {

Scene RandomScene(Random& random);
// Something happens: to the run, around it, or the time goes on.
void RandomStep(Random& random, Scene& scene);
Viewer RandomViewer(Random& random, const Scene& scene);

}  // namespace gatewright::core::test
