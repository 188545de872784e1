#include "stdlib/functions/functions.h"
