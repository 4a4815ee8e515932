/** Stands in reports and in the API description; package.json says the same (a test compares). */
export const ENGINE_VERSION = '0.1.0';
