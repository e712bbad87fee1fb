/**
 * A class used as the type of a decorated property. Modules of this room import each other in circles, and for a bare
 * class name the compiler would read the class while its module is still loading. An alias leaves nothing to read.
 */
export type Ref<T> = T;
