// plugins/check/checks/checks.h: the functions in the table, each in the file of its idea. Each
// runs in a process of its own.
#pragma once

#include "plugins/check/specimen.h"

namespace gatewright::check {

// library.cpp
Finding CheckFile(Specimen& specimen);
Finding CheckOneExport(Specimen& specimen);
Finding CheckLoad(Specimen& specimen);
Finding CheckEntry(Specimen& specimen);
// tables.cpp
Finding CheckAbi(Specimen& specimen);
Finding CheckDescriptor(Specimen& specimen);
Finding CheckSchema(Specimen& specimen);
Finding CheckStrictConfig(Specimen& specimen);
// instances.cpp
Finding CheckNoException(Specimen& specimen);
Finding CheckCreate(Specimen& specimen);
Finding CheckLeaks(Specimen& specimen);
// answers.cpp
Finding CheckOneAnswer(Specimen& specimen);
Finding CheckKnownValues(Specimen& specimen);
Finding CheckRedelivery(Specimen& specimen);
// time.cpp
Finding CheckCancel(Specimen& specimen);
Finding CheckDeadline(Specimen& specimen);
// together.cpp
Finding CheckTwoInstances(Specimen& specimen);
Finding CheckConcurrency(Specimen& specimen);
// lengths.cpp
Finding CheckShortStructs(Specimen& specimen);
Finding CheckLongStructs(Specimen& specimen);
// strange.cpp
Finding CheckStrangeInputs(Specimen& specimen);

}  // namespace gatewright::check
