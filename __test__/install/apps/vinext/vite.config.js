import vinext from "vinext";

export default {
  // The only one that it needs.
  plugins: [vinext()],
};
