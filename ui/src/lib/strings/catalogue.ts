/** A text, a function that makes it from its parameters, or several of these by name. */
export type Text = string | readonly string[] | ((...parameters: never[]) => unknown) | Area;

/** The texts of one area of the interface, by name. */
export type Area = { readonly [name: string]: Text };
