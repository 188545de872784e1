#pragma once
// Stands before ANTLR's own antlr4-runtime.h. Clang 14 refuses one header of it that the parser does not need
// (misc/InterpreterDataReader.h of 4.9 has a default constructor over const members), so Clang gets the needed ones only.
#if defined(__clang__)
#include "ANTLRErrorListener.h"
#include "ANTLRInputStream.h"
#include "BailErrorStrategy.h"
#include "CommonTokenStream.h"
#include "Exceptions.h"
#include "FailedPredicateException.h"
#include "Lexer.h"
#include "NoViableAltException.h"
#include "Parser.h"
#include "ParserRuleContext.h"
#include "RuntimeMetaData.h"
#include "Vocabulary.h"
#include "atn/ATN.h"
#include "atn/ATNDeserializer.h"
#include "atn/LexerATNSimulator.h"
#include "atn/ParserATNSimulator.h"
#include "atn/PrecedencePredicateTransition.h"
#include "atn/PredictionMode.h"
#include "atn/RuleStartState.h"
#include "atn/RuleStopState.h"
#include "atn/RuleTransition.h"
#include "dfa/DFA.h"
#include "misc/IntervalSet.h"
#include "support/CPPUtils.h"
#include "tree/TerminalNode.h"
#else
#include_next <antlr4-runtime.h>
#endif
