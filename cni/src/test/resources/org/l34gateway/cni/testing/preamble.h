// SPDX-License-Identifier: Apache-2.0
/* TeaVM's main takes the language of the environment, and glibc opens a dozen files for one. Our texts are UTF-8 in any. */
#include <locale.h>
#define setlocale(category, locale) ((char *) 0)
