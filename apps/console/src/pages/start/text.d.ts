declare module '*?text' {
  const text: string;
  // eslint-disable-next-line import/no-default-export -- the bundler gives a text as the default
  export default text;
}
