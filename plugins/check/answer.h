// plugins/check/answer.h: what a plugin answered, as a case file has it. Pure.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "engine/base/result.h"
#include "engine/ports/plugins.h"

namespace gatewright::check {

// "answer" and what belongs to it; a call that failed is "answer": "error" with its code.
boost::json::object AnswerOf(const Error& error);
boost::json::object AnswerOf(const Result<ports::Eligibility>& made);
boost::json::object AnswerOf(const Result<ports::PolicyVerdict>& made);
boost::json::object AnswerOf(const Result<ports::AttemptReport>& made, const std::string& output);
boost::json::object AnswerOf(const Result<void>& told, const ports::DeliveryAdvice& advice);

}  // namespace gatewright::check
