#pragma once
// Runs something in a process of its own that ends as by kill -9.

#include <functional>

namespace countersign {

// Forks; the child calls `work` and kills itself. False where `work` said false (then the child ended in
// order).
bool run_and_kill(const std::function<bool()>& work);

}  // namespace countersign
